/** Keys, key transforms and keyed classifiers. */
module org.wardlock.defense {
  requires transitive java.desktop;
  requires transitive org.wardlock.nn;

  exports org.wardlock.defense;
  exports org.wardlock.defense.compress;
  exports org.wardlock.defense.differentiators;
}
