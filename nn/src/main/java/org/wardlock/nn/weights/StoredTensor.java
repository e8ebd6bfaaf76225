package org.wardlock.nn.weights;

import org.wardlock.tensor.Shape;

/**
 * Where a tensor lies in a file: its bytes are those from {@code begin} (inclusive) to {@code end}
 * (exclusive) of the part after the header.
 */
record StoredTensor(String name, StoredType type, Shape shape, long begin, long end) {}
