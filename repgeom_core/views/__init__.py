"""What the browser's components are fed with, and the page that works offline."""
