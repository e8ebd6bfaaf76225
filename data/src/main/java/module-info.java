/** Data sets, decoding, resizing, augmentation, batching: pictures in, batches out. */
module org.wardlock.data {
  requires transitive org.wardlock.tensor;
  requires transitive java.desktop;
  requires com.fasterxml.jackson.databind;

  exports org.wardlock.data;
  exports org.wardlock.data.image;
  exports org.wardlock.data.packed;
  exports org.wardlock.data.source;

  // Jackson makes the records of headers
  opens org.wardlock.data.packed to
      com.fasterxml.jackson.databind;
}
