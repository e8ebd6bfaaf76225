package org.wardlock.data;

/** A crop that chance chooses, once for each picture and epoch. */
public sealed interface RandomCrop permits PaddedCrop, ResizedCrop {}
