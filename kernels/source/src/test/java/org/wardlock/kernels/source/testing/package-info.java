/**
 * What every GPU must get right beyond the contract of a backend: implement it and give a device.
 */
package org.wardlock.kernels.source.testing;
