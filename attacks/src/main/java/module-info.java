/** Threat models and attacks on any classifier. */
module org.wardlock.attacks {
  requires transitive org.wardlock.nn;

  exports org.wardlock.attacks;
  exports org.wardlock.attacks.ball;
  exports org.wardlock.attacks.decision;
  exports org.wardlock.attacks.diagnosis;
  exports org.wardlock.attacks.evaluation;
  exports org.wardlock.attacks.extraction;
  exports org.wardlock.attacks.gradient;
  exports org.wardlock.attacks.mimic;
  exports org.wardlock.attacks.score;
  exports org.wardlock.attacks.suite;
}
