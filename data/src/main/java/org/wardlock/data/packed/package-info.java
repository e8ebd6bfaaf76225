/**
 * Caches of resized pictures: written by {@link org.wardlock.data.packed.Packer}, read through
 * memory mapping. docs/formats.md says what lies in the files.
 */
package org.wardlock.data.packed;
