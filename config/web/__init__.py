"""The web server: waitress, with limits that hold before a request is read."""
