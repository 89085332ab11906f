"""What happened: requests and their answers, matching, differences."""
