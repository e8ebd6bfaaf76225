/**
 * Tensors with strided views, first-order automatic differentiation, scopes that give memory back,
 * and counter-based random numbers. Operations run on the tensor's {@link
 * org.wardlock.tensor.Device}.
 */
package org.wardlock.tensor;
