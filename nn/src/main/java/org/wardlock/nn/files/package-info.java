/** Writing files so that a crash leaves the old content or the new one, never a part. */
package org.wardlock.nn.files;
