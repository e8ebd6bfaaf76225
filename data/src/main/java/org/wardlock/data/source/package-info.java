/**
 * Where data sets come from: {@link org.wardlock.data.source.DataSource} opens what {@code --data}
 * names, and each format is a class of its own.
 */
package org.wardlock.data.source;
