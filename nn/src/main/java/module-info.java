/** Layers, models, losses, optimisers, training and checkpoints. */
module org.wardlock.nn {
  requires transitive org.wardlock.data;
  requires com.fasterxml.jackson.databind;

  exports org.wardlock.nn;
  exports org.wardlock.nn.evaluate;
  exports org.wardlock.nn.files;
  exports org.wardlock.nn.model;
  exports org.wardlock.nn.train;
  exports org.wardlock.nn.weights;
}
