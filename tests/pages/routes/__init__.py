"""Who gets what from every address: one module for each room, put together by `test_routes.py`."""
