/** The CUDA runtime that the shared kernels run on; it needs NVIDIA's driver and nothing else. */
package org.wardlock.kernels.cuda;
