/**
 * Operations on tensor cores: kernels of src/main/cuda that only CUDA has, beside the shared ones.
 * What they need of a device is asked through {@link
 * org.wardlock.kernels.cuda.tensorcore.TensorModules}, so that a test can run them on a CPU.
 */
package org.wardlock.kernels.cuda.tensorcore;
