"""What several pages share; a folder for each page or kind of page that has parts of its own."""
