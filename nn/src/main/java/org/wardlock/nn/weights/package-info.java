/** Tensors by name, and the safetensors files that hold them. */
package org.wardlock.nn.weights;
