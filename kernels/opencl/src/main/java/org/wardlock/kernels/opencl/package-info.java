/** The OpenCL runtime that the shared kernels run on. */
package org.wardlock.kernels.opencl;
