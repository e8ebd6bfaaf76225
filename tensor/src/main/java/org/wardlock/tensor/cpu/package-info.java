/**
 * The CPU backend: storage in {@code float[]}, kernel families as interfaces with a scalar twin
 * here and a Vector API twin in {@code org.wardlock.tensor.cpu.vector}, equal to the last bit.
 */
package org.wardlock.tensor.cpu;
