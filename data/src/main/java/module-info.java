/** Data sets, decoding, resizing, augmentation, batching: images in, batches out. */
module org.wardlock.data {
  requires transitive org.wardlock.tensor;
  requires java.desktop;
}
