/** Turns pictures in folders and files into batches of tensors. */
package org.wardlock.data;
