"""Parts of the chairs: their colours and shares, and hiding one."""
