/**
 * Pictures as pixels: decoding files as Pillow does, resizing as Pillow does. Knows neither data
 * sets nor batches.
 */
package org.wardlock.data.image;
