/** Layers, models and what trains them. */
package org.wardlock.nn;
