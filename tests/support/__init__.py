"""What every black-box test uses: starting servers, speaking RESP, reading logs."""
