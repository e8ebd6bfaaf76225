/** Kernels written once for CUDA and OpenCL, and the backend that launches them. */
package org.wardlock.kernels.source;
