/** Benchmarks of kernels and models. */
package org.wardlock.bench;
