/** The {@code wardlock} command. */
module org.wardlock.cli {
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.wardlock.threat;
}
