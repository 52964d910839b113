"""Reports as pages for a browser: one file each, no network, no script needed."""
