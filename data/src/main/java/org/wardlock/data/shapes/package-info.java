/** The drawn data set: ten classes of pictures made by arithmetic alone, equal on every machine. */
package org.wardlock.data.shapes;
