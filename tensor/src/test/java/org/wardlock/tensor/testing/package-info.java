/**
 * For the tests of every module: the contract that each backend must meet, a second backend that
 * shares nothing with the CPU's, the device that tests run on, and golden values.
 */
package org.wardlock.tensor.testing;
