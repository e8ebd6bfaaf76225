/** Checks of the whole project that no single module can make. */
package org.wardlock.architecture;
