/** Losses, optimisers, schedules, the trainer and its checkpoints. */
package org.wardlock.nn.train;
