"""What the pages say, one module a topic: sentences that follow the settings. The numbers in them come from `core`."""
