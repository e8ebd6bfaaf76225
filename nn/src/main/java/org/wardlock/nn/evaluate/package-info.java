/** How well a classifier does on a data set. */
package org.wardlock.nn.evaluate;
