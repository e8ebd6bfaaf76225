package org.wardlock.threat.recovery;

import org.wardlock.attacks.Passes;

/**
 * What a search came back with.
 *
 * @param tables the best guess
 * @param score how well it fits, on the attacker's pictures
 * @param passes of single pictures through the model that the search took
 */
public record KeyEstimate(KeyTables tables, GuessScore score, Passes passes) {}
