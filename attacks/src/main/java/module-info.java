/** Threat models and attacks on any classifier. */
module org.wardlock.attacks {
  requires transitive org.wardlock.nn;
}
