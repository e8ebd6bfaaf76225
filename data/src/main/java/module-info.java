/** Data sets, decoding, resizing, augmentation, batching: pictures in, batches out. */
module org.wardlock.data {
  requires transitive org.wardlock.tensor;
  requires transitive java.desktop;

  exports org.wardlock.data;
  exports org.wardlock.data.image;
  exports org.wardlock.data.source;
}
