package org.wardlock.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.nn.TrainableParameters;

/**
 * Parameters that are treated alike. TorchScript must get them as lists of their own: it takes an
 * operation on parts of lists for one without effect, and leaves it out.
 *
 * @param name at the end of the lists' names
 * @param start first parameter
 * @param end past the last one
 * @param decay of weights
 */
record TorchGroup(String name, int start, int end, double decay) {
  static List<TorchGroup> of(TrainableParameters parameters) {
    var groups = new ArrayList<TorchGroup>();
    int index = 0;
    long numbers = 0;
    for (TrainableParameters.Group group : parameters.groups()) {
      int start = index;
      while (numbers < group.end()) {
        numbers += parameters.parameters().get(index++).shape().count();
      }
      double decay = group.decayed() ? AdamW.WEIGHT_DECAY : 0;
      groups.add(new TorchGroup(Integer.toString(groups.size()), start, index, decay));
    }
    return List.copyOf(groups);
  }
}
