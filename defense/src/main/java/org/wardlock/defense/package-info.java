/** Keys, the transforms that they select, and the classifiers that need them. */
package org.wardlock.defense;
