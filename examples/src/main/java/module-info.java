/** Programs that embed Wardlock. */
module org.wardlock.examples {
  requires java.desktop;
  requires org.wardlock.defense;
}
