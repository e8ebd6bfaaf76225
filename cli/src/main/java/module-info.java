/** The {@code wardlock} command. */
module org.wardlock.cli {
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.desktop;
  requires me.tongfei.progressbar;
  requires org.wardlock.threat;

  // picocli fills the options in by reflection
  opens org.wardlock.cli to
      info.picocli;
}
