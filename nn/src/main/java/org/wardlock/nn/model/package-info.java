/** Whole networks by name: ViT and ConvMixer, and the classifier that is deployed. */
package org.wardlock.nn.model;
