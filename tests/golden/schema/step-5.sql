CREATE TABLE publisher_copy (
	list_id VARCHAR(255) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	copy VARCHAR(32) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (list_id, message)
);

