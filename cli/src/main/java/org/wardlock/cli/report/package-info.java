/** Pages about runs: what their folders hold, read, and shown as one HTML file. */
package org.wardlock.cli.report;
