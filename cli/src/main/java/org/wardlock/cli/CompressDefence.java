package org.wardlock.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.nn.Classifier;

/**
 * A network behind a defence.
 *
 * @param variant which it is
 * @param deployed what decides; gradients pass its roundings by a stand-in
 * @param tables of the JPEG files that it sees instead of pictures, if it sees any
 * @param view what an attacker climbs instead, where that is not what decides
 * @param identity what tells it from others, by name
 */
record CompressDefence(
    CompressVariant variant,
    Classifier deployed,
    List<JpegTables> tables,
    Optional<Classifier> view,
    Map<String, String> identity) {}
