/** Attackers who know about keys. */
module org.wardlock.threat {
  requires transitive org.wardlock.attacks;
  requires transitive org.wardlock.defense;

  exports org.wardlock.threat;
  exports org.wardlock.threat.recovery;
}
