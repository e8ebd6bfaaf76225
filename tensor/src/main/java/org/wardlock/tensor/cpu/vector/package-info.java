/**
 * Kernels by the Vector API, each equal to its scalar twin to the last bit. The only package that
 * may import {@code jdk.incubator.vector}: it must not be loaded where that module is missing.
 */
package org.wardlock.tensor.cpu.vector;
