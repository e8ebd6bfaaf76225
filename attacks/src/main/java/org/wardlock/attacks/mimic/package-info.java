/** Pictures that take on another picture's features, near their own by structural similarity. */
package org.wardlock.attacks.mimic;
