/** Programs that embed Wardlock, short enough to copy. */
package org.wardlock.examples;
