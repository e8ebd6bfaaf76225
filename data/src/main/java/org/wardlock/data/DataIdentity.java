package org.wardlock.data;

/**
 * What tells one data set from another in a run's records.
 *
 * @param count the number of pictures
 * @param digest SHA-256, in hexadecimal, over the names and labels in order; for sets in binary
 *     files over the files' content, too
 */
public record DataIdentity(int count, String digest) {}
