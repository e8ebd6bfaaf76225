/**
 * What a device implements: {@link org.wardlock.tensor.spi.Backend}, the storage it hands out, and
 * the layouts it reads and writes.
 */
package org.wardlock.tensor.spi;
