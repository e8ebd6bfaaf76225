/**
 * Lossy compression as a defence (Zhang and Gao, arXiv 2106.13394, and its relatives): JPEG as
 * tensor operations, quantisation tables, and classifiers behind them.
 */
package org.wardlock.defense.compress;
