"""Who is near whom: hubs and neighbourhoods."""
